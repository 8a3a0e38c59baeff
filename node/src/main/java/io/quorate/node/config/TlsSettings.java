// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.node.config;

import java.nio.file.Path;

/**
 * Files for mutual TLS between replicas, and between clients and replicas.
 *
 * @param certificate PEM file with this node's certificate chain
 * @param key PEM file with its private key, PKCS #8
 * @param authority PEM file with the certificates that peers and clients must be signed by
 */
public record TlsSettings(Path certificate, Path key, Path authority) {}
