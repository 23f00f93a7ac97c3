"""The phones in the browser: the page at /sandbox on the stand-ins' port, with what stands beside the phones.

The page's buttons call the control API, as everybody else does, so what they do goes through the product's real
webhooks. Here are only the page itself and what it shows: no provider's behaviour, and nothing of the product.
"""
