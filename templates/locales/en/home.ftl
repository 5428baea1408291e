home-title = Today, { $x }
home-calm = Nothing waits. Every payment has been dealt with.
home-identity = Pairs of lines that may be one
home-dead = Notifications not taken in
home-close = Month to close
home-missing = Days without a statement
home-account = Account …{ $x }
home-last-day = The latest statement ends on { $x }
home-days-more = { $x } and { $y } more days
home-upload = Load a statement
home-tasks = Setting up
home-tasks-done = All set up. See the tasks.

look-title = Search
look-title-of = Search for “{ $x }”
look-what = Type a student's name (marks are not needed), a code, a telephone number, an amount, a reference or words of the bank's text into the box at the top.
look-none = Nothing was found. Try fewer words, a name without marks, or an amount such as 1.250.000.
look-code = Student code
look-guardian = Guardian
look-left = has left
look-more-students = More students fit. See the list of students.
look-payments = Payments
look-more-payments = More payments fit. See all of them in the queue.

help-of = Help: { $x }
help-what = Each part of the work has a short guide.
help-all = See the other guides
