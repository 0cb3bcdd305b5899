// Classic script in <head>, before the first paint: sets the remembered theme without a flash.
(function () {
  try {
    var theme = localStorage.getItem("theme");
    if (theme === "light" || theme === "dark") document.documentElement.dataset.kernTheme = theme;
  } catch (error) {
    // Storage can be switched off; then the system's theme is used.
  }
  document.documentElement.dataset.js = "";
})();
