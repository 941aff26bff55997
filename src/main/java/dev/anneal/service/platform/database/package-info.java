/**
 * Connection pools, database roles, and the embedded PostgreSQL of an installation without a database of its own. Requests work through {@link
 * dev.anneal.service.platform.database.TenantDatabase}, whose role {@code anneal_tenant} sees the rows of one tenant; claims, sweeps and meters through
 * {@link dev.anneal.service.platform.database.SystemDatabase}, whose role {@code anneal_system} sees all. Every call is one transaction. A migration
 * that creates a table with a {@code tenant_id} calls {@code isolate_tenants('table')}, which turns row-level security on, writes the policies of the
 * three roles and grants what two of them need; a table without one grants to the roles that use it. To {@code anneal_readonly} a migration grants only
 * what a dashboard may show, column by column. A view is created {@code WITH (security_invoker = true)}, or it would run as the owner, who has no policy
 * and sees nothing.
 */
@NamedInterface
@NullMarked
package dev.anneal.service.platform.database;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
