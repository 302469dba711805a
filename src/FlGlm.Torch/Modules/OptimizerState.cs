using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>What an optimizer remembers of one parameter.</summary>
public abstract class OptimizerState
{
    private protected readonly Parameter Parameter;

    private protected OptimizerState(Parameter parameter) => Parameter = parameter;

    public virtual void Initialize(OptimizerOptions options)
    {
    }

    public virtual void to(Device device)
    {
    }

    /// <summary>Zeros like the parameter, in no dispose scope.</summary>
    private protected Tensor Zeros() => zeros_like(Parameter).DetachFromDisposeScope();

    /// <summary>The tensor on the device, in no dispose scope; the old one is disposed.</summary>
    private protected static Tensor Moved(Tensor tensor, Device device) =>
        tensor.to(device, copy: true, disposeAfter: true).DetachFromDisposeScope();
}
