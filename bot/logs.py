"""Structured logs: one event per line, JSON outside a terminal, and nothing in them that nobody may see.

Our own events and those of every library (gunicorn, rq, werkzeug, africastalking) go down the same processors, the
uncaught exception of a thread too. Lines go to stderr: the answer of a command owns stdout.
What counts as secret is decided in `redaction`.

    from bot.logs import log
    log.info("turn", who=mask(phone), what="menu", ms=12, result="con")
"""

import logging
import sys
import threading
from collections.abc import Sequence
from types import TracebackType
from typing import Any

import structlog
from structlog.typing import Processor

from bot.redaction import redactor, typed_secret
from bot.settings import Settings, secrets_of

__all__ = ["configure", "log", "typed_secret"]

# Chatty below this, and what they chat about is requests.
QUIET = ("africastalking", "urllib3", "requests", "werkzeug", "rq.scheduler", "rq_scheduler", "peewee", "transitions")

log: Any = structlog.get_logger()


def configure(settings: Settings) -> None:
    """Set up the logs of this process, once, before anything is logged."""
    _install(secrets_of(settings), settings.log_level)


def _install(secrets: Sequence[str], level: str) -> None:
    ending: list[Processor] = [structlog.processors.format_exc_info, redactor(secrets), _renderer()]
    beginning: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
    ]
    structlog.configure(
        processors=[*beginning, *ending],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=_to_stderr,
        cache_logger_on_first_use=False,
    )
    _install_for_libraries(beginning, ending, level)
    sys.excepthook = _uncaught
    threading.excepthook = _uncaught_in_thread


def _install_for_libraries(beginning: list[Processor], ending: list[Processor], level: str) -> None:
    handler = _Stderr()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*beginning, structlog.stdlib.add_logger_name],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *ending],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [each for each in root.handlers if not _is_ours(each)] + [handler]
    root.setLevel(level)
    for name in QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))
    logging.captureWarnings(True)


class _Stderr(logging.Handler):
    """Writes to what sys.stderr is at that moment, because tests and servers replace it."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            sys.stderr.write(self.format(record) + "\n")
        except (OSError, ValueError, TypeError):
            self.handleError(record)

    def handleError(self, record: logging.LogRecord) -> None:
        """The default prints the message with its arguments, uncleaned."""
        sys.stderr.write(f"a log line of {record.name} could not be written\n")


def _is_ours(handler: logging.Handler) -> bool:
    return isinstance(handler.formatter, structlog.stdlib.ProcessorFormatter)


def _to_stderr(*_args: Any) -> structlog.WriteLogger:
    return structlog.WriteLogger(sys.stderr)


def _renderer() -> Processor:
    if sys.stderr.isatty():
        return structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    return structlog.processors.JSONRenderer(ensure_ascii=False)


def _uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    log.critical("uncaught", error=kind.__name__, exc_info=(kind, error, trace))


def _uncaught_in_thread(args: threading.ExceptHookArgs) -> None:
    if args.exc_value is not None:
        _uncaught(args.exc_type, args.exc_value, args.exc_traceback)


# A line that is written before the settings are known is cleaned all the same.
_install((), "INFO")
