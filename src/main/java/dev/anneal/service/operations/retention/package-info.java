/** How long what is stored is kept: intermediate checkpoints and exports by their age, and what lies in the store without a row. */
@NullMarked
package dev.anneal.service.operations.retention;

import org.jspecify.annotations.NullMarked;
