using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>A tensor that training changes. Takes the place of its data in the data's dispose scope, if that has one.</summary>
public class Parameter : Tensor
{
    /// <summary>Moves the data here.</summary>
    /// <param name="data">A leaf; it becomes invalid, for its content moves here.</param>
    /// <param name="requires_grad">Whether training changes it.</param>
    public Parameter(Tensor data, bool requires_grad = true)
        : base(data.requires_grad_(requires_grad).Handle, data.OwningDisposeScope)
    {
        data.DecoupleFromNativeHandle();
        data.Dispose();
    }
}
