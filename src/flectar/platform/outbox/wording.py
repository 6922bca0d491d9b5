"""The words of a mail of which only the facts were kept: found once, when it is first sent, then kept as any mail's.

An error here is ours: the job fails, is tried again, and stands with the failed jobs for the operator; the message
waits meanwhile.
"""

from copy import copy
from email.utils import parseaddr

from flectar.platform.outbox.catalogue import Overtaken, mail_events
from flectar.platform.outbox.models import Message
from flectar.platform.outbox.rendering import carried, render, stored


def find_words(message: Message) -> None:
    """In the message's scope. Overtaken if there is nothing left to tell; then its facts are forgotten as well."""
    if message.facts is None:
        return
    try:
        _fill(message)
    except Overtaken:
        message.facts = None
        message.save(update_fields=["facts"])
        raise
    message.save(update_fields=["subject", "text", "html", "attachments", "reply_to", "headers", "facts"])


def as_read(message: Message) -> Message:
    """With its words, also before they are kept: for whoever looks at it meanwhile."""
    shown = copy(message)
    if message.facts is not None:
        try:
            _fill(shown)
        except Overtaken:
            shown.facts = None
    return shown


def _fill(message: Message) -> None:
    words_of = mail_events()[message.event].words
    if words_of is None:
        raise LookupError(f"{message.event} has facts but no words in its app's mails.py")
    words = words_of(message.facts or {}, message.locale)
    sender_name = parseaddr(message.sender)[0]
    rendered = render(message.event, locale=message.locale, context=words.context, sender_name=sender_name)
    message.subject, message.text, message.html = rendered.subject[:300], rendered.text, rendered.html
    message.attachments = stored(words.attachments)
    message.reply_to = words.reply_to
    message.headers = carried(words.headers)
    message.facts = None
