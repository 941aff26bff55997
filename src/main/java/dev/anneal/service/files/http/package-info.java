/** Files over HTTP: upload, whole or in parts, list, content, deletion. */
package dev.anneal.service.files.http;
