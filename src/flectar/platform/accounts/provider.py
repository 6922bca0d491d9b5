"""Where allauth looks for an app's ways to sign in elsewhere."""

from flectar.platform.accounts.google import GoogleProvider

provider_classes = [GoogleProvider]
