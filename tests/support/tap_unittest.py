# SPDX-FileCopyrightText: 2026 The Speedup developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run a module's unittest cases and report them as TAP, one point for each test method."""

import sys
import traceback
import unittest


class TapResult(unittest.TestResult):
    """Prints a TAP point as each case ends; details go out as comments."""

    def __init__(self):
        super().__init__()
        self.number = 0
        self.subtest_errors = []

    def point(self, good, test, directive='', details=''):
        self.number += 1
        name = '/' + test.id().replace('__main__.', '').replace('.', '/')
        for line in details.splitlines():
            print(f'# {line}')
        print(f'{"ok" if good else "not ok"} {self.number} {name}{directive}', flush=True)

    def addSuccess(self, test):
        super().addSuccess(test)
        self.point(True, test)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.point(False, test, details=''.join(traceback.format_exception(*err)))

    def addError(self, test, err):
        super().addError(test, err)
        self.point(False, test, details=''.join(traceback.format_exception(*err)))

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None:
            description = subtest._subDescription()
            self.subtest_errors.append(description + '\n' +
                                       ''.join(traceback.format_exception(*err)))

    def stopTest(self, test):
        """A test whose subtests failed has neither succeeded nor failed until here."""
        super().stopTest(test)
        if self.subtest_errors:
            self.point(False, test, details='\n'.join(self.subtest_errors))
            self.subtest_errors = []

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self.point(True, test, directive=f' # SKIP {reason}')


def main(module='__main__'):
    suite = unittest.defaultTestLoader.loadTestsFromModule(sys.modules[module])
    print(f'1..{suite.countTestCases()}', flush=True)
    result = TapResult()
    suite.run(result)
    sys.exit(0 if result.wasSuccessful() else 1)
