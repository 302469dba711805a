using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    // Random elements.
    public partial class Tensor
    {
        public Tensor uniform_(double from, double to, Generator? generator = null) => Native.sh_uniform_(this, from, to, generator).Then(this);

        public Tensor normal_(double mean = 0, double std = 1, Generator? generator = null) =>
            Native.sh_normal_(this, mean, std, generator).Then(this);

        public Tensor bernoulli_(double p = 0.5, Generator? generator = null) => Native.sh_bernoulli_(this, p, generator).Then(this);

        /// <summary>One where a draw falls under the element, which is a probability.</summary>
        public Tensor bernoulli(Generator? generator = null) => Native.sh_bernoulli(this, generator);

        /// <summary>Indices drawn with the elements of the last dimension as weights.</summary>
        public Tensor multinomial(long num_samples, bool replacement = false, Generator? generator = null) =>
            Native.sh_multinomial(this, num_samples, replacement, generator);
    }
}
