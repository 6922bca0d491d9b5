"""Twilio: sends our text messages (`client`); `emulator` is the strict local one of demo and tests."""
