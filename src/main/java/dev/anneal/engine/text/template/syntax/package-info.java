/** From the source of a template to its program. */
@NullMarked
package dev.anneal.engine.text.template.syntax;

import org.jspecify.annotations.NullMarked;
