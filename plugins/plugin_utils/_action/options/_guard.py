# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may set an option, and from where: what every task of the collection asks before it does anything.

The inventory, the variables of the play and of the task, and extra variables may. Facts may not. A name that nobody
knows, a value that Ansible cut and a name that Ansible reads elsewhere end the task, for each of them would leave an
option at its default without a word.
"""

from __future__ import annotations

import os
import typing as t

from ansible import context
from ansible.template import Templar

from ._extra_variables import refuse_cut
from ._fact_options import Facts, refuse_facts
from ._inventory_sources import refuse_unmatched, refuse_unread_sources
from ._option_errors import OptionProblem
from ._option_names import OF_THE_PLAY, PREFIX, refuse_former, refuse_unknown

_PLAYBOOKS = os.path.realpath(os.path.join(os.path.dirname(__file__), "..", "..", "..", "..", "playbooks"))
TaskVars = t.Mapping[str, t.Any]


def guard_host(task: t.Any, task_vars: TaskVars) -> None:
    """What a task asks of its own host's variables. Raises OptionProblem."""
    manager = _variable_manager(task_vars)
    extra = getattr(manager, "extra_vars", None) or {}
    refuse_cut(extra, context.CLIARGS.get("extra_vars") or ())
    refuse_facts(Facts(manager), [str(task_vars["inventory_hostname"])])
    names = [str(name) for name in task_vars]
    refuse_unknown([*names, *extra])
    play = _play(task)
    if _is_ours(play):
        refuse_former(extra)
    _refuse_unread_play_options(names, extra, play)


def guard_run(task: t.Any, task_vars: TaskVars, hosts: t.Iterable[str]) -> None:
    """What the task that opens a run asks: of its host, and of the facts of all hosts."""
    guard_host(task, task_vars)
    refuse_facts(Facts(_variable_manager(task_vars)), hosts)


def guard_trust(task_vars: TaskVars, *, trusted: bool) -> None:
    """That an output directory is safe is for who starts the run to say, not for an inventory. Raises OptionProblem."""
    name = f"{PREFIX}output_trusted"
    if trusted and name not in (getattr(_variable_manager(task_vars), "extra_vars", None) or {}):
        raise OptionProblem(f"{name} works only as an extra variable: -e {name}=true.")


def guard_inventory(task_vars: TaskVars, hosts: t.Any, *, limited: bool = True) -> None:
    """Refuse an inventory that Ansible could read only in part, and hosts that it does not have. Raises OptionProblem.

    ``hosts`` is a pattern, ``limited`` whether ``--limit`` holds for it.
    """
    manager = getattr(task_vars.get("hostvars"), "_inventory", None)
    refuse_unread_sources(manager)
    if manager is not None:
        refuse_unmatched(manager, hosts, limited=limited)


def hosts_of_play(task: t.Any, task_vars: TaskVars) -> t.Any:
    """The pattern. A template in it is read as Ansible did, before there was a host that could say anything."""
    play, manager = _play(task), _variable_manager(task_vars)
    if play is None or manager is None:
        return []
    return Templar(loader=play.get_loader(), variables=manager.get_vars(play=play)).template(play.hosts)


def _variable_manager(task_vars: TaskVars) -> t.Any:
    return getattr(task_vars.get("hostvars"), "_variable_manager", None)


def _play(task: t.Any) -> t.Any:
    """The play of a task, which Ansible keeps with the block that the task stands in."""
    while task is not None:
        play = getattr(task, "_play", None)
        if play is not None:
            return play
        task = getattr(task, "_parent", None)
    return None


def _is_ours(play: t.Any) -> bool:
    """Whether the play stands in a playbook of this collection."""
    path = str(play.get_path()) if play is not None else ""
    return os.path.realpath(path.rpartition(":")[0]).startswith(_PLAYBOOKS + os.sep)


def _refuse_unread_play_options(names: t.Iterable[str], extra: t.Mapping[str, t.Any], play: t.Any) -> None:
    """Ansible chooses the hosts of a play before there is a host whose inventory variables could say anything."""
    read = {*extra, *(play.get_vars() if play is not None else ())}
    unread = sorted({PREFIX + name for name in OF_THE_PLAY} & set(names) - read)
    if unread:
        raise OptionProblem(
            f"{', '.join(unread)}: Ansible reads this in extra variables (-e) and in the variables of an import of the "
            "playbook, and nowhere else. Remove it from the inventory and set it there."
        )
