/** The audit log: who has changed what, and who was refused, kept in a table to which the service can only add. */
@NullMarked
package dev.anneal.service.access.audit;

import org.jspecify.annotations.NullMarked;
