// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * A small S3 server, with what the S3 backend asks of one and no more: path-style requests,
 * conditional writes that are atomic, in memory or in a folder; slow and faulty where that is
 * wanted. For development and tests: it takes any signature.
 *
 * <p>Starting point: {@link io.quorate.s3.endpoint.S3Endpoint}.
 */
@NullMarked
package io.quorate.s3.endpoint;

import org.jspecify.annotations.NullMarked;
