"""A strict local Twilio: text messages over real HTTP on loopback, for demo and tests. Never in production.

It uses the standard library only and nothing of the product. Source: twilio.com/docs/messaging/api/message-resource and
twilio.com/docs/api/errors.
"""
