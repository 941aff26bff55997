/** HTTP API of retention, for tenants and administrators. */
package dev.anneal.service.operations.http;
