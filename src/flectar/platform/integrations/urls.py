"""Two lists: the pages of a project's dashboard, and the addresses of the platform's host."""

from django.urls import path

from flectar.platform.integrations import mailbox, messages
from flectar.platform.integrations.dns import registrar
from flectar.platform.integrations.resend import views as resend

dashboard = [
    path("settings/messages/", messages.message_list, name="list"),
    path("settings/messages/<uuid:message_id>/", messages.message, name="message"),
    path("settings/messages/<uuid:message_id>/body", messages.message_body, name="message_body"),
    path("settings/messages/<uuid:message_id>/repetition", messages.repetition, name="repetition"),
    path("settings/domains/<uuid:domain_id>/demo-records", registrar.records, name="demo_records"),
    path("settings/mail-previews/", messages.preview_list, name="previews"),
    path("settings/mail-previews/<str:event>/<str:locale>/", messages.preview, name="preview"),
    path("settings/mail-previews/<str:event>/<str:locale>/body", messages.preview_body, name="preview_body"),
]

platform = [
    path("webhooks/resend", resend.webhook, name="resend_webhook"),
    path("demo/mailbox/", mailbox.mail_list, name="mailbox"),
    path("demo/mailbox/<uuid:mail_id>/", mailbox.mail, name="mailbox_mail"),
    path("demo/mailbox/<uuid:mail_id>/body", mailbox.mail_body, name="mailbox_body"),
    path("demo/mailbox/<uuid:mail_id>/attachments/<int:number>", mailbox.attachment, name="mailbox_attachment"),
]
