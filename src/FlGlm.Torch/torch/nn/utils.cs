using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>Work on the parameters of a network as a whole.</summary>
        public static class utils
        {
            /// <summary>Scales all gradients by one factor so that their joint norm is at most max_norm.</summary>
            /// <returns>The norm before.</returns>
            public static double clip_grad_norm_(IEnumerable<Parameter> tensors, double max_norm, double norm_type = 2)
            {
                using var guard = no_grad();
                using var scope = NewDisposeScope();
                var gradients = tensors.Select(parameter => parameter.grad).OfType<Tensor>().ToList();
                if (gradients.Count == 0) return 0;
                var norms = gradients.Select(gradient => gradient.norm((float)norm_type).to(gradients[0].device));
                var total = double.IsPositiveInfinity(norm_type) ? stack(norms).max() : stack(norms).norm((float)norm_type);
                var factor = (max_norm / (total + 1e-6)).clamp(max: 1.0);
                foreach (var gradient in gradients) gradient.mul_(factor.to(gradient.device));
                return total.ToDouble();
            }
        }
    }
}
