namespace TorchSharp.Modules;

public partial class AdamW
{
    /// <summary>The settings of a group of parameters.</summary>
    public class Options : OptimizerOptions
    {
        public double? beta1;
        public double? beta2;
        public double? weight_decay;
        public double? eps;
        public bool? amsgrad;
        public bool? maximize;
    }
}
