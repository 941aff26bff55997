/** What attempts run under: leases, time limits, faults of this machine, and meters. */
@NullMarked
package dev.anneal.service.worker.watch;

import org.jspecify.annotations.NullMarked;
