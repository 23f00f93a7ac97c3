"""Twilio, as far as a savings circle needs it: WhatsApp and SMS both ways, status callbacks, media, the Content API."""
