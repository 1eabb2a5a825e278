"""The landing: what doors share to show things: words, tags, base templates, the style sheet, pictures of figures."""
