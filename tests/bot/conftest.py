"""For the adapters' tests: the sandbox's process, and a listener in the product's place, as its own tests have them."""

from tests.bot.sandbox.conftest import product, sandbox, shared_product, shared_sandbox

__all__ = ["product", "sandbox", "shared_product", "shared_sandbox"]
