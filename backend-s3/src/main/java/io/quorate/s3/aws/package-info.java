// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * Buckets behind the S3 protocol, by the AWS SDK.
 *
 * <p>Starting point: {@link io.quorate.s3.aws.AwsObjectStore}; {@code Answers} has what each error
 * of a store means.
 */
@NullMarked
package io.quorate.s3.aws;

import org.jspecify.annotations.NullMarked;
