namespace TorchSharp.Modules;

public partial class SGD
{
    /// <summary>The settings of a group of parameters.</summary>
    public class Options : OptimizerOptions
    {
        public double? momentum;
        public double? dampening;
        public double? weight_decay;
        public bool? nesterov;
        public bool? maximize;
    }
}
