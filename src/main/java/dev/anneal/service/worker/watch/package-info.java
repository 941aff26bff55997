/** What attempts run under: leases, time limits, faults of this machine, and meters. */
package dev.anneal.service.worker.watch;
