using static TorchSharp.torch;

namespace TorchSharp.Modules;

public partial class SGD
{
    /// <summary>The momentum of one parameter.</summary>
    public sealed class State : OptimizerState, IDisposable
    {
        /// <summary>Null until the first step with momentum.</summary>
        public Tensor? momentum_buffer;

        internal State(Parameter parameter)
            : base(parameter)
        {
        }

        public override void to(Device device)
        {
            if (momentum_buffer is not null) momentum_buffer = Moved(momentum_buffer, device);
        }

        public void Dispose() => momentum_buffer?.Dispose();
    }
}
