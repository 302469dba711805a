using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    // Gradients.
    public partial class Tensor
    {
        public bool requires_grad
        {
            get => Native.sh_requires_grad(this);
            set => Native.sh_set_requires_grad(this, value);
        }

        public bool is_leaf => Native.sh_is_leaf(this);

        /// <summary>The gradient gathered so far (a new handle of it at each reading), or null.</summary>
        public Tensor? grad
        {
            get
            {
                var handle = Native.sh_grad(this);
                return handle == 0 ? null : new Tensor(handle);
            }

            set => Native.sh_set_grad(this, value);
        }

        public Tensor requires_grad_(bool requires_grad = true) => Native.sh_set_requires_grad(this, requires_grad).Then(this);

        public Tensor with_requires_grad(bool requires_grad = true) => requires_grad_(requires_grad);

        /// <summary>Keeps the gradient of this tensor although it is no leaf.</summary>
        public void retain_grad() => Native.sh_retain_grad(this);

        public Tensor detach() => Native.sh_detach(this);

        public Tensor detach_() => Native.sh_detach_(this).Then(this);

        /// <summary>From a scalar, with gradient one.</summary>
        public void backward() => backward(grad_tensors: null);

        /// <summary>Adds the gradients at the leaves (or at the inputs alone), given those at this tensor.</summary>
        public void backward(
            IList<Tensor>? grad_tensors = null, bool retain_graph = false, bool create_graph = false, IList<Tensor>? inputs = null) =>
            autograd.backward([this], grad_tensors, retain_graph, create_graph, inputs);
    }
}
