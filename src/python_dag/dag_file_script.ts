/**
 * The Python program that reads Dag files.
 *
 * @module
 */

/**
 * Parses the files that its arguments name and prints one JSON array: for each file its Dags with
 * the tasks that `@task.stub` makes, or why it cannot be read. It runs no code of the files.
 */
export const DAG_FILE_SCRIPT: string = String.raw`
import ast
import json
import sys

LOOPS = (ast.For, ast.AsyncFor, ast.While, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
# A queue that is not given, as opposed to None: a queue that is computed.
MISSING = object()


def dotted(node):
    """Returns the names of "a.b.c", or an empty list for any other expression."""
    if isinstance(node, ast.Name):
        return [node.id]
    if isinstance(node, ast.Attribute):
        names = dotted(node.value)
        return names + [node.attr] if names else []
    return []


def parameters(arguments):
    positional = arguments.posonlyargs + arguments.args
    defaults = [None] * (len(positional) - len(arguments.defaults)) + arguments.defaults
    pairs = list(zip(positional, defaults)) + list(zip(arguments.kwonlyargs, arguments.kw_defaults))
    found = []
    for argument, default in pairs:
        parameter = {"name": argument.arg, "required": default is None}
        hint = argument.annotation
        if isinstance(hint, ast.Constant) and isinstance(hint.value, str):
            parameter["annotation"] = hint.value
        elif hint is not None:
            parameter["annotation"] = ast.unparse(hint)
        found.append(parameter)
    return found


class Reader(ast.NodeVisitor):
    def __init__(self):
        self.notes = []
        self.dags = []
        self.stubs = []
        self.constants = {}
        self.aliases = {}
        self.called = set()
        self.dag_variables = {}
        self.scopes = [{}]
        # The Dags and the id prefixes of the blocks around the current statement.
        self.outer_dags = []
        self.prefixes = []
        self.loops = 0

    def read(self, tree):
        self.visit(tree)
        for stub in self.stubs:
            if stub["calls"] == 0:
                self.note(stub["line"], f"stub {stub['name']} is never called, so it makes no task")
        dags = []
        for dag in self.dags:
            line, tasks, maker = dag["line"], dag["tasks"], dag["maker"]
            if not tasks:
                continue
            if dag["dag_id"] is None:
                self.note(line, f"the id of the Dag is computed (stub tasks in it: {len(tasks)})")
            elif maker is not None and maker not in self.called:
                self.note(line, f"{maker} is never called, so it makes no Dag")
            else:
                dags.append({"dagId": dag["dag_id"], "line": line, "tasks": tasks})
        return {"dags": dags, "notes": sorted(self.notes, key=lambda note: note["line"])}

    def note(self, line, text):
        self.notes.append({"line": line, "text": text})

    def visit(self, node):
        is_loop = isinstance(node, LOOPS)
        self.loops += is_loop
        super().visit(node)
        self.loops -= is_loop

    def visit_ImportFrom(self, node):
        if (node.module or "").split(".")[0] == "airflow":
            for name in node.names:
                if name.asname:
                    self.aliases[name.asname] = name.name

    def visit_Assign(self, node):
        if len(node.targets) == 1:
            self.assign(node.targets[0], node.value)
        self.visit(node.value)

    def visit_AnnAssign(self, node):
        if node.value is not None:
            self.assign(node.target, node.value)
            self.visit(node.value)

    def assign(self, target, value):
        if not isinstance(target, ast.Name):
            return
        # A name that is assigned twice has no known value.
        self.constants[target.id] = None if target.id in self.constants else value
        if isinstance(value, ast.Call) and self.meaning(value.func) == "DAG":
            self.dag_variables[target.id] = self.add_dag(value, value.lineno)

    def visit_FunctionDef(self, node):
        dags, prefixes = [], []
        for decorator in node.decorator_list:
            is_call = isinstance(decorator, ast.Call)
            call = decorator if is_call else ast.Call(decorator, [], [])
            meaning = self.meaning(call.func)
            if meaning == "task.stub":
                self.add_stub(node, call, decorator.lineno)
            elif meaning == "dag":
                dags.append(self.add_dag(call, decorator.lineno, node.name))
            elif meaning == "task_group":
                prefixes.append(self.prefix(call, node.name))
        self.scopes.append({})
        self.visit_block(node.body, dags, prefixes)
        self.scopes.pop()

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_With(self, node):
        dags, prefixes = [], []
        for item in node.items:
            expression, variable = item.context_expr, item.optional_vars
            meaning = self.meaning(expression.func) if isinstance(expression, ast.Call) else None
            if meaning == "DAG":
                dags.append(self.add_dag(expression, node.lineno))
                if isinstance(variable, ast.Name):
                    self.dag_variables[variable.id] = dags[-1]
            elif meaning == "TaskGroup":
                prefixes.append(self.prefix(expression))
            elif ".".join(dotted(expression)) in self.dag_variables:
                dags.append(self.dag_variables[".".join(dotted(expression))])
            else:
                self.visit(expression)
        self.visit_block(node.body, dags, prefixes)

    def visit_block(self, body, dags, prefixes):
        depth = len(self.outer_dags), len(self.prefixes)
        self.outer_dags += dags
        self.prefixes += prefixes
        for statement in body:
            self.visit(statement)
        del self.outer_dags[depth[0]:]
        del self.prefixes[depth[1]:]

    def visit_Call(self, node):
        self.generic_visit(node)
        names = dotted(node.func)
        self.called.add(".".join(names))
        if self.meaning(node.func) == "task.stub":
            self.note(node.lineno, "a stub that is not made by a decorator cannot be read")
        elif len(names) in (1, 2):
            stub = next((scope[names[0]] for scope in reversed(self.scopes) if names[0] in scope), None)
            if stub is not None:
                self.add_task(stub, node, names[1:] == ["override"])

    def add_stub(self, node, call, line):
        named, _ = self.arguments(call)
        task_id = self.text_argument(call, "task_id", node.name)
        if task_id is None:
            self.note(line, f"the task_id of stub {node.name} is computed")
        stub = {
            "name": node.name,
            "line": line,
            "task_id": task_id,
            "queue": self.queue(*self.arguments(call)),
            "parameters": parameters(node.args),
            "dag": self.dag_variables.get(".".join(dotted(named.get("dag")))),
            "calls": 0,
        }
        self.scopes[-1][node.name] = stub
        self.stubs.append(stub)

    def add_dag(self, call, line, maker=None):
        named, is_open = self.arguments(call)
        dag_id = named.get("dag_id") or (call.args[0] if call.args else None)
        defaults = self.fields(named["default_args"]) if "default_args" in named else {}
        if dag_id is not None:
            dag_id = self.text(dag_id)
        elif not is_open:
            dag_id = maker
        is_unknown = defaults is None or (is_open and "default_args" not in named)
        queue = self.queue(defaults or {}, is_unknown)
        dag = {"dag_id": dag_id, "line": line, "queue": queue, "tasks": [], "used": {}, "maker": maker}
        self.dags.append(dag)
        return dag

    def add_task(self, stub, call, is_override):
        stub["calls"] += 1
        name, task_id = stub["name"], stub["task_id"]
        own = self.text_argument(call, "task_id", task_id) if is_override else task_id
        if own is None or None in self.prefixes:
            if task_id is not None:
                self.note(call.lineno, f"the id of the task that {name} makes here is computed")
            return
        dag = self.outer_dags[-1] if self.outer_dags else stub["dag"]
        if dag is None:
            self.note(call.lineno, f"the Dag of the task that {name} makes here is unknown")
            return
        if self.loops:
            self.note(call.lineno, f"{name} is called in a loop: only its first task is read")
        base = "".join(self.prefixes) + own
        times = dag["used"].get(base, 0)
        dag["used"][base] = times + 1
        named, is_open = self.arguments(call)
        queue = self.queue(named, is_open) if is_override and "queue" in named else stub["queue"]
        if queue is MISSING:
            queue = dag["queue"]
        task = {
            "taskId": base if times == 0 else f"{base}__{times}",
            "line": stub["line"],
            "parameters": stub["parameters"],
        }
        if queue is not MISSING:
            task["queue"] = queue
        dag["tasks"].append(task)

    def prefix(self, call, name=None):
        named, _ = self.arguments(call)
        flag = named.get("prefix_group_id")
        if isinstance(flag, ast.Constant) and flag.value is False:
            return ""
        given = named.get("group_id") or (call.args[0] if call.args else None)
        group_id = name if given is None else self.text(given)
        return None if group_id is None else f"{group_id}."

    def queue(self, named, is_open):
        if "queue" in named:
            return self.text(named["queue"])
        return None if is_open else MISSING

    def arguments(self, call):
        """Returns the named arguments, and whether "*" or "**" adds some that are unknown."""
        named = {}
        is_open = any(isinstance(argument, ast.Starred) for argument in call.args)
        for keyword in call.keywords:
            fields = {keyword.arg: keyword.value} if keyword.arg else self.fields(keyword.value)
            if fields is None:
                is_open = True
            else:
                named.update(fields)
        return named, is_open

    def text_argument(self, call, name, default):
        named, is_open = self.arguments(call)
        if name in named:
            return self.text(named[name])
        return None if is_open else default

    def resolve(self, node):
        return self.constants.get(node.id) if isinstance(node, ast.Name) else node

    def text(self, node):
        value = self.resolve(node)
        is_text = isinstance(value, ast.Constant) and isinstance(value.value, str)
        return value.value if is_text else None

    def fields(self, node):
        """Returns the items of a dictionary, or None if one of its keys is computed."""
        value = self.resolve(node)
        if not isinstance(value, ast.Dict):
            return None
        fields = {}
        for key, item in zip(value.keys, value.values):
            if not (isinstance(key, ast.Constant) and isinstance(key.value, str)):
                return None
            fields[key.value] = item
        return fields

    def meaning(self, node):
        """Returns "task.stub" for "sdk.task.stub" and for "t.stub" of "import task as t"."""
        names = [self.aliases.get(name, name) for name in dotted(node)]
        return "task.stub" if names[-2:] == ["task", "stub"] else "".join(names[-1:])


def read(path):
    try:
        with open(path, "rb") as file:
            return Reader().read(ast.parse(file.read()))
    except FileNotFoundError:
        return {"error": "the file does not exist", "isMissing": True}
    except OSError as error:
        return {"error": error.strerror}
    except SyntaxError as error:
        where = "" if error.lineno is None else f"line {error.lineno}: "
        version = ".".join(str(part) for part in sys.version_info[:3])
        return {"error": f"{where}{error.msg} (Python {version})"}
    except ValueError as error:
        return {"error": str(error)}
    except (RecursionError, MemoryError):
        return {"error": "its code is nested too deeply"}


print(json.dumps([read(path) for path in sys.argv[1:]]))
`;
