"""Twilio, as far as its two channels share it: signatures, callbacks, calls, what its error codes mean."""
