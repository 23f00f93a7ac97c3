"""The soak stands where the tests of the jobs stand."""

from tests.jobs.conftest import our_environ, product, sandbox, scene, shared_product, shared_sandbox

__all__ = ["our_environ", "product", "sandbox", "scene", "shared_product", "shared_sandbox"]
