// Typing as an input method does it: Telex and VNI build a word that stands underlined until it is
// finished, and take keys such as Enter for themselves while they do.

// Types `steps` as one composition into what has the focus and leaves it open; each step is what
// stands there so far.
export async function compose(session, steps) {
  for (const text of steps) {
    await session.send("Input.imeSetComposition", { text, selectionStart: text.length, selectionEnd: text.length });
  }
}

// A key that the input method takes: browsers tell pages of it as the key “Process” with the code 229.
export async function takenKey(session, code) {
  const key = { key: "Process", code, windowsVirtualKeyCode: 229 };
  await session.send("Input.dispatchKeyEvent", { type: "rawKeyDown", ...key });
  await session.send("Input.dispatchKeyEvent", { type: "keyUp", ...key });
}

// The word is finished.
export async function finish(session, text) {
  await session.send("Input.insertText", { text });
}

// How often a page posts something while `work` goes on.
export async function posts(page, work) {
  const sent = [];
  const note = (request) => request.method() === "POST" && sent.push(new URL(request.url()).pathname);
  page.on("request", note);
  try {
    await work();
    // What a key might have started has left by then.
    await page.waitForTimeout(300);
  } finally {
    page.off("request", note);
  }
  return sent;
}
