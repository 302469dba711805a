using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>What networks are made of.</summary>
    public static partial class nn
    {
        /// <summary>Moves a tensor into a parameter; the tensor is invalid afterwards.</summary>
        public static Parameter Parameter(Tensor data, bool requires_grad = true) => new(data, requires_grad);
    }
}
