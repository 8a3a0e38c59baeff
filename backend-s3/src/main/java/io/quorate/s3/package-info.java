// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * Consensus in a bucket: a log of sealed epoch segments, made of conditional writes to an object
 * store.
 */
@NullMarked
package io.quorate.s3;

import org.jspecify.annotations.NullMarked;
