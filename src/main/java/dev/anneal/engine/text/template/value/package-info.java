/** Values as templates see them: what Python's types of the same name do, how they compare and how they print. */
@NullMarked
package dev.anneal.engine.text.template.value;

import org.jspecify.annotations.NullMarked;
