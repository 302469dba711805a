using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace TorchSharp.Interop;

// One optimizer step for one parameter, in the order of operations of torch.optim's single-tensor form. See src/native/torch/optim.cpp.
internal static partial class Native
{
    [LibraryImport(Library)]
    internal static partial Status sh_adam_step(
        Tensor parameter, Tensor gradient, Tensor expAvg, Tensor expAvgSq, Tensor? maxExpAvgSq, long steps, double lr, double beta1,
        double beta2, double eps, double weightDecay, Flag decoupled, Flag maximize);

    [LibraryImport(Library)]
    internal static partial Status sh_sgd_step(
        Tensor parameter, Tensor gradient, Tensor? momentumBuffer, Flag first, double lr, double momentum, double dampening,
        double weightDecay, Flag nesterov, Flag maximize);
}
