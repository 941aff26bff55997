/** The audit log of changes and refusals, in an append-only table. */
@NullMarked
package dev.anneal.service.access.audit;

import org.jspecify.annotations.NullMarked;
