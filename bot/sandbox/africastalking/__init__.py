"""Africa's Talking, as far as a savings circle needs it: USSD sessions, SMS and its delivery reports."""
