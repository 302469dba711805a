using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>Walks back through the graph.</summary>
    public static class autograd
    {
        /// <summary>Adds the gradients at the leaves (or at the inputs alone), given those at the tensors.</summary>
        public static void backward(
            IList<Tensor> tensors, IList<Tensor>? grad_tensors = null, bool? retain_graph = null, bool create_graph = false,
            IList<Tensor>? inputs = null)
        {
            var outputs = Handles.Of([.. tensors]);
            var grads = Gradients(grad_tensors, tensors.Count);
            var leaves = Handles.Of([.. inputs ?? []]);
            Native.sh_backward(
                outputs, outputs.Length, grads, grads.Length, retain_graph ?? create_graph, create_graph, leaves, leaves.Length);
            GC.KeepAlive(tensors);
            GC.KeepAlive(grad_tensors);
            GC.KeepAlive(inputs);
        }

        /// <summary>The gradients at the inputs, which keep none; null where an unused input was allowed.</summary>
        public static IList<Tensor> grad(
            IList<Tensor> outputs, IList<Tensor> inputs, IList<Tensor>? grad_outputs = null, bool retain_graph = false,
            bool create_graph = false, bool allow_unused = false)
        {
            var ends = Handles.Of([.. outputs]);
            var leaves = Handles.Of([.. inputs]);
            var grads = Gradients(grad_outputs, outputs.Count);
            var results = new nint[leaves.Length];
            Native.sh_autograd_grad(
                ends, ends.Length, leaves, leaves.Length, grads, grads.Length, retain_graph, create_graph, allow_unused, results);
            GC.KeepAlive(outputs);
            GC.KeepAlive(inputs);
            GC.KeepAlive(grad_outputs);
            return Array.ConvertAll(results, handle => handle == 0 ? null! : new Tensor(handle));
        }

        private static nint[] Gradients(IList<Tensor>? given, int count) => given is null ? new nint[count] : Handles.Of([.. given]);
    }
}
