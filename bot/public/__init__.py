"""The pages that anybody may read: what this is and how to begin, the terms, and what becomes of personal data.

Plain HTML in the languages that we have, light enough for a slow line, without a script, a cookie or anything
from elsewhere. Nothing here knows a member or asks the database; what one of them sees is the panel's business, or
a conversation's.
"""
