"""Run tests: a Dream program whose comments say what it prints. It is compiled in every configuration below and must do
the same in each, and leave no object behind.

    // expect: LINE            one line of standard output; all of them together are the output (may follow code)
    // expect-partial: TEXT    a last line that has no line break
    // expect-exit: N          exit code, 0 if not given
    // expect-stderr: TEXT     a text that standard error must hold, in this order; without any it must be empty
    // args: A B               arguments of the program, split as a shell does
    // stdin: LINE             one line of standard input
    // env: NAME=VALUE         an environment variable of the program
    // flags: -f…              more options for the compiler
    // with: Inputs/other.dr   more inputs, relative to the test
    // configs: -O0; -O2       other configurations than the usual ones
    // more-configs: -O3       configurations beside the usual ones

`dream-lit --param "configs=-O2 -fcounts=naive; -O1" test/run` runs them in these instead of the usual ones.
"""

import os
import re
import shlex
import subprocess

import lit.Test
import lit.formats

CONFIGURATIONS = ["-O0", "-O0 -fcheck-memory", "-O2", "-O2 -fcheck-memory"]
SECONDS = 60
LEAK = "not released at program exit"

DIRECTIVE = re.compile(
    r"//\s*(expect|expect-partial|expect-exit|expect-stderr|args|stdin|env|flags|with|configs|more-configs):(?: (.*)|\s*)$"
)


class Expectation:
    def __init__(self, path, configurations=CONFIGURATIONS):
        self.stdout, self.stdin, self.exit_code = "", "", 0
        self.stderr, self.args, self.flags, self.inputs, self.env = [], [], [], [], {}
        self.configurations = configurations
        self.expects_something = False
        with open(path, encoding="utf-8", errors="surrogateescape", newline="\n") as file:
            for line in file:
                found = DIRECTIVE.search(line.rstrip("\n"))
                if found:
                    self.directive(found.group(1), found.group(2) or "")

    def directive(self, name, text):
        if name.startswith("expect"):
            self.expects_something = True
        if name == "expect":
            self.stdout += text + "\n"
        elif name == "expect-partial":
            self.stdout += text
        elif name == "expect-exit":
            self.exit_code = int(text)
        elif name == "expect-stderr":
            self.stderr.append(text)
        elif name == "args":
            self.args += shlex.split(text)
        elif name == "stdin":
            self.stdin += text + "\n"
        elif name == "env":
            key, _, value = text.partition("=")
            self.env[key] = value
        elif name == "flags":
            self.flags += shlex.split(text)
        elif name == "with":
            self.inputs += shlex.split(text)
        elif name == "configs":
            self.configurations = parts(text)
        elif name == "more-configs":
            self.configurations = self.configurations + parts(text)

    def differences(self, exit_code, stdout, stderr):
        """What is wrong with a run, as a list of texts."""
        wrong = []
        if exit_code != self.exit_code:
            wrong.append(f"exit code {exit_code}, expected {self.exit_code}")
        if stdout != self.stdout:
            wrong.append("standard output differs:\n" + difference(self.stdout, stdout))
        at = 0
        for text in self.stderr:
            at = stderr.find(text, at)
            if at < 0:
                wrong.append(f"standard error lacks (or has out of order): {text}")
                break
            at += len(text)
        if LEAK in stderr and not any(LEAK in text for text in self.stderr):
            wrong.append("objects were left at exit")
        if not self.stderr and stderr:
            wrong.append("standard error is not empty")
        return wrong


def parts(text):
    return [part.strip() for part in text.split(";")]


def difference(expected, actual):
    import difflib

    lines = list(difflib.unified_diff(expected.split("\n"), actual.split("\n"), "expected", "printed", lineterm="", n=2))
    return "\n".join(lines[:60])


def run(command, directory, environment, seconds, stdin=""):
    """(exit code, stdout, stderr); death by signal N is 128 + N, as shells count."""
    try:
        done = subprocess.run(command, cwd=directory, env=environment, input=stdin.encode("utf-8", "surrogateescape"),
                              capture_output=True, timeout=seconds)
    except subprocess.TimeoutExpired as late:
        return "timeout", text_of(late.stdout or b""), text_of(late.stderr or b"")
    code = done.returncode if done.returncode >= 0 else 128 - done.returncode
    return code, text_of(done.stdout), text_of(done.stderr)


def text_of(data):
    return data.decode("utf-8", "surrogateescape")


def printable(text):
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


class RunTest(lit.formats.base.FileBasedTest):
    configurations = CONFIGURATIONS

    def expectation(self, path, configurations):
        return Expectation(path, configurations)

    def arguments(self, expectation, configuration):
        return expectation.args

    def execute(self, test, lit_config):
        if test.config.unsupported:
            return lit.Test.UNSUPPORTED, "its folder says so"
        path = test.getSourcePath()
        chosen = lit_config and lit_config.params.get("configs")
        expectation = self.expectation(path, parts(chosen) if chosen else self.configurations)
        if not expectation.expects_something:
            return lit.Test.UNRESOLVED, "the file has no '// expect…' line"
        dreamc = os.path.join(test.config.dream_build, "bin", "dreamc")
        if not os.path.exists(dreamc):
            return lit.Test.UNSUPPORTED, "dreamc is not built"
        folder = os.path.dirname(path)
        output = os.path.join(os.path.dirname(test.getExecPath()), "Output")
        os.makedirs(output, exist_ok=True)
        name = os.path.splitext(os.path.basename(path))[0]
        inputs = [path] + [os.path.join(folder, extra) for extra in expectation.inputs]
        environment = dict(test.config.environment)
        seconds = SECONDS * test.config.patience

        for number, configuration in enumerate(expectation.configurations):
            program = os.path.join(output, f"{name}.{number}")
            compile_command = [dreamc, *configuration.split(), *expectation.flags, *inputs, "-o", program]
            code, out, err = run(compile_command, folder, environment, seconds)
            if code != 0 or not os.path.exists(program):
                return lit.Test.FAIL, printable(f"{shlex.join(compile_command)}\nfailed with {code}:\n{out}{err}")
            code, out, err = run([program, *self.arguments(expectation, configuration)], folder, {**environment, **expectation.env},
                                 seconds, expectation.stdin)
            os.unlink(program)
            wrong = expectation.differences(code, out, err)
            if wrong:
                report = [f"[{configuration}] {shlex.join(compile_command)}", *wrong]
                if err:
                    report.append("standard error:\n" + err[:4000])
                return lit.Test.FAIL, printable("\n".join(report))
        return lit.Test.PASS, ""
