// A page that is open longer than its session leads to the sign-in at the next thing it asks for.
(() => {
  const ask = window.fetch;
  window.fetch = async (...asked) => {
    const answer = await ask(...asked);
    const isOurs = new URL(answer.url || "/", location.href).origin === location.origin;
    if (answer.status === 401 && isOurs) location.assign("/sign-in");
    return answer;
  };
})();
