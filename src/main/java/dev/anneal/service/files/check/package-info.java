/**
 * Checks of uploaded files in the background: whether their rows are right, and how many tokens a model's tokenizer makes of them. Each check is claimed in the
 * database, so that any process may do it, and another one does it if that process dies.
 */
@NamedInterface
@NullMarked
package dev.anneal.service.files.check;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
