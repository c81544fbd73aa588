"""The `hawker` command: parses words, opens what the verb needs, calls it. Exit codes: 0 done, 1 could not, 2 wrong use.

What a verb needs is imported by the verb: most of the product takes longer to import than `hawker up` takes to start its engines.
"""

from __future__ import annotations

import os
import signal
import sys
from enum import StrEnum
from pathlib import Path
from types import FrameType
from typing import Annotated, NoReturn

import typer

from app.config import SettingMissing, Settings, get_settings
from app.embedded.needed import engines_for
from app.errors import AppError
from app.processes import CannotRun, command_of
from app.serve import inherited, listen, origin, serve
from app.supervisor import Program, Supervisor

cli = typer.Typer(
    help="A self-hosted conversational-commerce inbox and broadcaster.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
agent = typer.Typer(no_args_is_help=True, help="The people who can log in.")
token = typer.Typer(no_args_is_help=True, help="Tokens for programs that use the API.")
bench = typer.Typer(
    no_args_is_help=True, help="Benchmarks: ratios to a bare floor of the same run, and absolute values."
)
cli.add_typer(agent, name="agent")
cli.add_typer(token, name="token")
cli.add_typer(bench, name="bench")


class Role(StrEnum):
    admin = "admin"
    supervisor = "supervisor"
    agent = "agent"
    marketer = "marketer"


def _use_data_dir(value: Path | None) -> Path | None:
    if value is not None:
        os.environ["HAWKER_DATA_DIR"] = str(value)
    return value


DataDir = Annotated[
    Path | None,
    typer.Option(
        "--data-dir",
        callback=_use_data_dir,
        file_okay=False,
        help="Where embedded engines, media and secret.key live. Default: HAWKER_DATA_DIR or ./.hawker",
    ),
]
Host = Annotated[str, typer.Option(help="Address to listen on; 0.0.0.0 for all.")]
Port = Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")]
Fd = Annotated[int | None, typer.Option(hidden=True, help="A listening socket that was inherited.")]
Json = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]


@cli.command()
def up(
    demo: Annotated[
        bool, typer.Option("--demo", help="Also a platform sandbox on the next port, and a shop with people in it.")
    ] = False,
    host: Host = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65534, help="Port of the inbox.")] = 8000,
    data_dir: DataDir = None,
) -> None:
    """Run everything on this machine: database, Redis, migrations, web and worker. Ctrl-C stops it."""
    from app import up as everything

    everything.run(host=host, port=port, demo=demo)


@cli.command()
def web(
    host: Host = "127.0.0.1",
    port: Port = 8000,
    processes: Annotated[int, typer.Option(min=1, max=64, help="How many processes share the port.")] = 1,
    fd: Fd = None,
    data_dir: DataDir = None,
) -> None:
    """Run the HTTP and WebSocket server alone."""
    listener = inherited(fd) if fd is not None else listen(host, port)
    os.environ.setdefault("HAWKER_BASE_URL", get_settings().base_url or origin(*listener.getsockname()[:2]))
    get_settings.cache_clear()
    with listener, engines_for(get_settings()) as settings:
        if processes > 1:
            _serve_in_processes(processes, settings, listener.fileno())
            return
        from app.logs import configure_logs
        from app.main import create_app

        configure_logs(settings)
        serve(create_app(settings), listener)


@cli.command()
def worker(
    queues: Annotated[str, typer.Option(help="Which queues, separated by commas.")] = "interactive,bulk",
    data_dir: DataDir = None,
) -> None:
    """Run the queue workers alone."""
    names = [name.strip() for name in queues.split(",")]
    if unknown := set(names) - {"interactive", "bulk"}:
        raise typer.BadParameter(f"{', '.join(sorted(unknown))}: choose from interactive, bulk", param_hint="--queues")
    with engines_for(get_settings()) as settings:
        from app.logs import configure_logs
        from app.worker import run_worker

        configure_logs(settings)
        run_worker(settings, queues=names)


@cli.command()
def sandbox(host: Host = "127.0.0.1", port: Port = 8001, fd: Fd = None, data_dir: DataDir = None) -> None:
    """Run the platform sandbox alone: emulated platforms, and a page to be the customer on."""
    from app.logs import configure_logs
    from channels.sandbox import create_sandbox

    settings = get_settings()
    configure_logs(settings)
    styles = Path(__file__).resolve().parent.parent / "inbox_ui" / "static" / "css"
    with inherited(fd) if fd is not None else listen(host, port) as listener:
        if fd is None:
            _say(f"The sandbox is on {origin(*listener.getsockname()[:2])}")
        serve(create_sandbox(settings.data_dir / "sandbox", styles), listener)


@cli.command()
def migrate(data_dir: DataDir = None) -> None:
    """Bring the database up to the newest schema."""
    from app.commands import migrate_database

    migrate_database()
    _say("The database is up to date.")


@agent.command("create")
def create_agent(
    email: Annotated[str, typer.Argument(help="What the person logs in with.")],
    name: Annotated[str, typer.Option(help="The name that others see.")],
    role: Annotated[Role, typer.Option(help="What the person may do.")],
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from standard input.")
    ] = False,
    data_dir: DataDir = None,
) -> None:
    """Add a person who can log in."""
    from app.commands import add_agent
    from app.people.service import NewAgent

    add_agent(NewAgent(email=email, name=name, role=role.value, password=_password(from_stdin=password_stdin)))
    _say(f"{name} can log in as {email}.")


@agent.command("password")
def set_password(
    email: Annotated[str, typer.Argument(help="What the person logs in with.")],
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from standard input.")
    ] = False,
    data_dir: DataDir = None,
) -> None:
    """Give a person a new password; wherever they are logged in, they are logged out."""
    from app.commands import change_password

    change_password(email=email, password=_password(from_stdin=password_stdin))
    _say(f"{email} can log in with the new password.")


@token.command("create")
def create_token(
    name: Annotated[str, typer.Argument(help="What the token is for.")],
    role: Annotated[Role, typer.Option(help="What its holder may do.")],
    data_dir: DataDir = None,
) -> None:
    """Print a new API token, once, alone on standard output."""

    from app.commands import add_token

    typer.echo(add_token(name=name, role=role.value))


@cli.command()
def doctor(as_json: Json = False, data_dir: DataDir = None) -> None:
    """Check the configuration and every connection, and say what to mend. Exits 1 when something is broken."""
    from app import doctor as checks

    findings = checks.examine()
    typer.echo(checks.as_json(findings) if as_json else checks.as_text(findings))
    raise typer.Exit(1 if any(finding.state == "broken" for finding in findings) else 0)


@cli.command()
def seed(
    contacts: Annotated[int, typer.Option(min=1)] = 10_000,
    conversations: Annotated[int, typer.Option(min=1)] = 10_000,
    messages: Annotated[int, typer.Option(min=1)] = 100_000,
    data_dir: DataDir = None,
) -> None:
    """Add synthetic contacts, conversations and messages, for trying and for measuring what size costs."""
    from app.bench.seed import Size, run

    size = Size(contacts=contacts, conversations=conversations, messages=messages)
    if not size.is_possible:
        raise typer.BadParameter("every conversation needs a contact and a message: ask for at least as many of these")
    run(size)


@bench.command("ingest")
def bench_ingest(
    as_json: Json = False,
    seconds: Annotated[float, typer.Option(min=0.5, help="How long each part runs.")] = 5.0,
    data_dir: DataDir = None,
) -> None:
    """Measure how many signed webhooks a second one web process takes durably."""
    from app.bench import ingest

    ingest.run(as_json=as_json, seconds=seconds)


@cli.command("demo-shop", hidden=True)
def demo_shop(
    web_url: Annotated[str, typer.Option()],
    sandbox_url: Annotated[str, typer.Option()],
    data_dir: DataDir = None,
) -> None:
    """Furnish the demo shop on a running web and sandbox."""
    from app.commands import furnish_demo

    furnish_demo(web_url=web_url, sandbox_url=sandbox_url)


def main() -> None:
    """Run the command; what is expected to go wrong is one line on standard error and exit code 1."""
    os.umask(0o077)
    signal.signal(signal.SIGTERM, _exit_quietly)
    try:
        cli()
    except (CannotRun, SettingMissing) as error:
        _fail(str(error))
    except AppError as error:
        _fail(" ".join([error.message, *(f"{name}: {advice}" for name, advice in error.fields.items())]))


def _exit_quietly(number: int, frame: FrameType | None) -> None:
    """Leave through the blocks that stop what was started; uvicorn hands SIGTERM on after its own clean end."""
    raise SystemExit(0)


def _serve_in_processes(processes: int, settings: Settings, fd: int) -> None:
    """Share one listening socket among several web processes, each started again when it dies."""
    supervisor = Supervisor()
    argv, env = command_of("web", "--fd", str(fd), data_dir=settings.data_dir.resolve())
    try:
        for number in range(1, processes + 1):
            supervisor.add(Program(name=f"web-{number}", argv=argv, env=env, fds=(fd,)))
        while True:
            signal.pause()
    except KeyboardInterrupt:
        return
    finally:
        supervisor.stop()


def _password(*, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\n")
    answer: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    return answer


def _say(text: str) -> None:
    typer.echo(text, err=True)


def _fail(text: str) -> NoReturn:
    _say(f"hawker: {text}")
    raise SystemExit(1)
