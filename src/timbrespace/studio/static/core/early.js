/* Before anything is drawn: the theme that was chosen in this browser. A classic script, so that it comes first. */
try {
  const theme = localStorage.getItem("timbrespace/theme");
  if (theme === "dark" || theme === "light") document.documentElement.dataset.theme = theme;
} catch {
  // a browser that keeps nothing follows the system
}
