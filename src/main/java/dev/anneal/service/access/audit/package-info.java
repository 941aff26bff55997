/** The audit log of changes and refusals, in an append-only table. */
package dev.anneal.service.access.audit;
