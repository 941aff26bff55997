/**
 * Connection pools, database roles, and the embedded PostgreSQL of an installation without a configured database.
 * Requests use {@link dev.anneal.service.platform.database.TenantDatabase}, whose role {@code anneal_tenant} sees the
 * rows of one tenant; claims, sweeps and metrics use {@link dev.anneal.service.platform.database.SystemDatabase}, whose
 * role {@code anneal_system} sees all; authentication and heartbeats have the same role and connections of their own.
 * Every call is one transaction. A migration that creates a table with a {@code tenant_id} calls
 * {@code isolate_tenants('table')}, which enables row-level security, creates the policies of the three roles and
 * grants two of them their rights; for a table without one the migration grants rights itself. It grants to
 * {@code anneal_readonly} only columns that dashboards may show. Views are created
 * {@code WITH (security_invoker = true)}; otherwise they would run as the owner, who has no policy and sees nothing.
 * Those named {@code anneal_…} are for dashboards and autoscalers; the others publish rows of a district, of all
 * tenants, to the SQL of other districts.
 */
@NamedInterface
package dev.anneal.service.platform.database;

import org.springframework.modulith.NamedInterface;
