using static TorchSharp.torch;

namespace TorchSharp.Modules;

public partial class Adam
{
    /// <summary>The moments of one parameter's gradients.</summary>
    public sealed class State : OptimizerState, IDisposable
    {
        /// <summary>Steps done.</summary>
        public long step;

        /// <summary>Decayed mean of the gradients, in the parameter's shape.</summary>
        public Tensor exp_avg = null!;

        /// <summary>Decayed mean of their squares.</summary>
        public Tensor exp_avg_sq = null!;

        /// <summary>The largest exp_avg_sq so far; null without AMSGrad.</summary>
        public Tensor? max_exp_avg_sq;

        internal State(Parameter parameter)
            : base(parameter)
        {
        }

        public override void Initialize(OptimizerOptions options)
        {
            step = 0;
            exp_avg = Zeros();
            exp_avg_sq = Zeros();
            max_exp_avg_sq = ((Options)options).amsgrad == true ? Zeros() : null;
        }

        public override void to(Device device)
        {
            exp_avg = Moved(exp_avg, device);
            exp_avg_sq = Moved(exp_avg_sq, device);
            if (max_exp_avg_sq is not null) max_exp_avg_sq = Moved(max_exp_avg_sq, device);
        }

        public void Dispose()
        {
            exp_avg.Dispose();
            exp_avg_sq.Dispose();
            max_exp_avg_sq?.Dispose();
        }
    }
}
