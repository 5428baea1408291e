sign-in = Sign in
email = E-mail
password = Password
password-show = Show password
forgotten = Forgot the password
sign-in-provider = Sign in with your organisation
sign-in-refused = The e-mail or the password is wrong. Check and type them again, or choose Forgot the password.
sign-in-throttled = { $count ->
    [one] Too many wrong attempts. Wait a minute, then try again.
   *[other] Too many wrong attempts. Wait { $n } minutes, then try again.
  }
code = Code
code-why = The password is right. Open your authenticator app and type the 6 digits it shows.
code-hint = No phone at hand? Type a recovery code.
code-refused = The code is wrong or was used. Wait for the next one, then type it.
confirm-code = Confirm code
sign-in-again = Start again
signed-in = Signed in
signed-in-go-back = Go back to the tab before and send again what you typed.
prove-title = Confirm that it is you
prove-why = This matters (bank accounts, secrets or permissions), so type your password again.
prove-refused = The password or the code is wrong. Type them again.
prove-do = Confirm
forgotten-how = Type the e-mail you sign in with. If it has an account, a link to reset the password is sent there.
forgotten-send = Send the link
forgotten-sent = If this e-mail has an account, the link was sent and works for an hour. Look into the spam folder too.
welcome = Welcome
password-new = New password
password-again = New password again
password-rule = At least 12 characters. A sentence you remember is best; no special characters needed.
password-set-do = Set password
password-set = The password of { $x } is set. Please sign in.
