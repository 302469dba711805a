using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>Layers and losses without state.</summary>
        public static class functional
        {
            /// <summary>input @ weights^T + bias</summary>
            public static Tensor linear(Tensor input, Tensor weights, Tensor? bias = null) => Native.sh_linear(input, weights, bias);

            public static Tensor softmax(Tensor input, long dim, ScalarType? dtype = null) => input.softmax(dim, dtype);

            public static Tensor log_softmax(Tensor x, long dim) => x.log_softmax(dim);

            public static Tensor relu(Tensor x, bool inplace = false) => inplace ? x.relu_() : x.relu();

            /// <summary>x * sigmoid(x)</summary>
            public static Tensor silu(Tensor x, bool inplace = false) => inplace ? Native.sh_silu_(x).Then(x) : x.silu();

            /// <summary>x * Phi(x), with the error function.</summary>
            public static Tensor gelu(Tensor x) => x.gelu();

            public static Tensor sigmoid(Tensor x) => x.sigmoid();

            public static Tensor tanh(Tensor x, bool inplace = false) => inplace ? x.tanh_() : x.tanh();

            /// <summary>Zeroes elements with probability p and scales the rest by 1 / (1 - p).</summary>
            public static Tensor dropout(Tensor input, double p = 0.5, bool training = true, bool inplace = false) =>
                inplace ? Native.sh_dropout_(input, p, training).Then(input) : Native.sh_dropout(input, p, training);

            public static Tensor layer_norm(
                Tensor input, long[] normalized_shape, Tensor? weight = null, Tensor? bias = null, double eps = 1e-05) =>
                Native.sh_layer_norm(input, normalized_shape, normalized_shape.Length, weight, bias, eps);

            /// <summary>-log softmax(input)[target] for input [N, C] and classes [N]; the target ignore_index leaves a row out.</summary>
            public static Tensor cross_entropy(
                Tensor input, Tensor target, Tensor? weight = null, long ignore_index = -100, Reduction reduction = Reduction.Mean,
                double label_smoothing = 0) =>
                Native.sh_cross_entropy(input, target, weight, (long)reduction, ignore_index, label_smoothing);

            public static Tensor nll_loss(Tensor input, Tensor target, Tensor? weight = null, Reduction reduction = Reduction.Mean) =>
                Native.sh_nll_loss(input, target, weight, (long)reduction);

            public static Tensor mse_loss(Tensor input, Tensor target, Reduction reduction = Reduction.Mean) =>
                Native.sh_mse_loss(input, target, (long)reduction);

            public static Tensor one_hot(Tensor x, long num_classes = -1) => Native.sh_one_hot(x, num_classes);

            /// <summary>softmax(query @ key^T / sqrt(D) + mask) @ value</summary>
            public static Tensor scaled_dot_product_attention(
                Tensor query, Tensor key, Tensor value, Tensor? attn_mask = null, double p = 0, bool is_casual = false) =>
                Native.sh_scaled_dot_product_attention(query, key, value, attn_mask, p, is_casual);
        }
    }
}
