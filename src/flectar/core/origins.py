"""Scheme, host and port of an absolute address: what a visitor's browser has to type to reach a host of ours."""

from django.conf import settings


def origin(host: str) -> str:
    """ "https://salon.example", with the port only where it is not the usual one."""
    scheme, usual = ("https", 443) if settings.HTTPS else ("http", 80)
    return f"{scheme}://{host}" if usual == settings.PUBLIC_PORT else f"{scheme}://{host}:{settings.PUBLIC_PORT}"


def platform_origin() -> str:
    return origin(settings.PLATFORM_HOST)
